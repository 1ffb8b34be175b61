# file: service/resize.py
from concurrent.futures import ProcessPoolExecutor


def resize(image):
    image.scale(0.5)
    image.save()


def resize_all(images):
    with ProcessPoolExecutor() as pool:
        pool.map(resize, images)  # here
