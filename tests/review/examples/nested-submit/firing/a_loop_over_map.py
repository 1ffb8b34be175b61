# file: service/search.py
from multiprocessing.pool import ThreadPool


def search(queries, shards):
    pool = ThreadPool(4)

    def ask(shard):
        return shard.ask()

    def one(query):
        return [answer for answer in pool.map(ask, shards)], query  # here

    return pool.map(one, queries)
