# file: shop/cleaning.py
from shop.models import Image, Product


def orphans():
    products = Product.objects.values_list("pk", flat=True)
    return Image.objects.exclude(product_id__in=products)


def unwanted(names):
    images = list(Image.objects.all())
    return [image for image in images if image.name not in names]


def prices(tax):
    products = Product.objects.count()
    images = Image.objects.count()
    return products - images
