# file: service/stages.py
# The kind: a pipeline with a pool for each stage.
from concurrent.futures import ThreadPoolExecutor

loaders = ThreadPoolExecutor(4)
renderers = ThreadPoolExecutor(2)


def load(name):
    return name


def render(page):
    return loaders.submit(load, page).result()


def render_all(pages):
    return list(renderers.map(render, pages))
