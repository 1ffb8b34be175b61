# file: service/render.py
import concurrent.futures

executor = concurrent.futures.ThreadPoolExecutor(max_workers=2)


def load(name):
    return name


def render(page):
    image = executor.submit(load, page).result()  # here
    return page, image


def render_all(pages):
    return list(executor.map(render, pages))
