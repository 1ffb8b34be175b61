# file: service/state.py
import multiprocessing


def work(state, best, scores):
    state.value = 1
    for score in scores:
        best.value = score
    state.value = 2


def main(scores):
    state = multiprocessing.Value("i", 0)
    best = multiprocessing.Value("d", 0.0)
    multiprocessing.Process(target=work, args=(state, best, scores)).start()
