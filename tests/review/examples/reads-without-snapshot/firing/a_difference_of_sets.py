# file: shop/cleaning.py
from shop.models import Image, Product


def orphans():
    images = set(Image.objects.values_list("product_id", flat=True))
    products = {each.pk for each in Product.objects.all()}  # here
    return images - products


def orphans_again():
    products = set(Product.objects.values_list("pk", flat=True))
    images = set(Image.objects.values_list("product_id", flat=True))  # here
    return images.difference(products)
