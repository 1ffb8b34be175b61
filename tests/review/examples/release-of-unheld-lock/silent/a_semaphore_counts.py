# file: service/permits.py
import threading

permits = threading.Semaphore(0)


def give_two():
    permits.release()
    permits.release()


def swap(sem):
    sem.acquire()
    sem.release()
    sem.release()
