# file: tests/fakes.py
import time

time.sleep = lambda seconds: None
