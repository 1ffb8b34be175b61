# file: shop/pages.py
from shop.models import Image, Product


def page():
    products = list(Product.objects.all())
    images = list(Image.objects.all())
    return {"products": products, "images": images}


def new(before):
    first = set(Product.objects.filter(old=True).values_list("pk", flat=True))
    second = set(Product.objects.filter(old=False).values_list("pk", flat=True))
    return second - first


def known(name):
    images = list(Image.objects.all())
    for product in Product.objects.all():
        if name not in images:
            print(product)
