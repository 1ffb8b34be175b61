"""Processes of ``multiprocessing`` beside threads."""

import multiprocessing
import threading


def square(number, answers):
    answers.put(number * number)


def test_ends():
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=square, args=(3, answers))
    process.start()
    seen = []
    thread = threading.Thread(target=lambda: seen.append(1))
    thread.start()
    thread.join()
    process.join()
    assert process.exitcode == 0
    assert answers.get() == 9
