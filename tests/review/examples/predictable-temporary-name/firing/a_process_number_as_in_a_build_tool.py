# file: build/support.py
# The shape of build tools that run a program and read what it wrote.
import os
import subprocess


def output_of(command):
    name = f"/tmp/_build_support.{os.getpid()}"
    with open(name, "w+b") as file:  # here
        subprocess.run(command, stdout=file, check=True)
        file.seek(0)
        return file.read()
