# file: shop/stock.py
import threading

from shop.models import Product

stock_lock = threading.Lock()


def take(key):
    with stock_lock:
        product = Product.objects.get(pk=key)
        product.stock -= 1
        product.save()


def take_if_same(key, version):
    product = Product.objects.filter(pk=key).first()
    product.stock -= 1
    changed = Product.objects.filter(pk=key, version=version).update(stock=product.stock)
    return bool(changed)
