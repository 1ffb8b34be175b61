# file: shop/pages.py
# The shape of web sites that keep what is dear to compute.
from django.core.cache import cache, caches
from shop.models import Product, render


def front_page():
    page = cache.get("front page")  # here
    if page is not None:
        return page
    page = render(Product.objects.all())
    cache.set("front page", page, timeout=300)
    return page


def product(key):
    found = caches["products"].get(f"product:{key}")  # here
    if not found:
        found = Product.objects.get(pk=key)
        caches["products"].set(f"product:{key}", found)
    return found


def bracket(key):
    if found := cache.get(key):  # here
        return found
    found = Product.objects.filter(pk=key).first()
    cache.set(key, found)
    return found
