# file: shop/totals.py
from shop.models import Product


class Totals:
    def __init__(self):
        self.count = 0

    def add(self):
        self.count += 1
        self.save()

    def save(self):
        print(self.count)


def with_tax(key):
    product = Product.objects.get(pk=key)
    product.price *= 1.2
    return product.price


def new(price):
    product = Product(price=price)
    product.price += 1
    product.save()
    return product


def rename(key, name):
    product = Product.objects.get(pk=key)
    product.name = name
    product.save()


def total(cart, cache):
    row = cache.get(cart)
    row.total += 1
    row.save()
