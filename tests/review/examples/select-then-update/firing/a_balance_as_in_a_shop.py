# file: shop/views.py
# The shape of web shops: the balance is checked, lowered, and the object saved.
from django.db import transaction
from django.shortcuts import get_object_or_404
from shop.models import Account, Product


@transaction.atomic
def withdraw(request, key, amount):
    account = get_object_or_404(Account, pk=key)
    if account.balance < amount:
        return False
    account.balance -= amount  # here
    account.save(update_fields=["balance"])
    return True


def view(request, slug):
    product, _ = Product.objects.get_or_create(slug=slug)
    product.views = product.views + 1  # here
    product.save()


def restock(amount):
    for product in Product.objects.filter(stock=0):
        product.stock += amount  # here
        product.save()
