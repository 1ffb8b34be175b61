# file: shop/counters.py
# As sites with many visitors count them.
from django.db.models import F
from shop.models import Account, Product


def view(key):
    product = Product.objects.get(pk=key)
    product.views = F("views") + 1
    product.save(update_fields=["views"])


def view_more(key, times):
    Product.objects.filter(pk=key).update(views=F("views") + times)


def deposit(session, key, amount):
    account = session.get(Account, key)
    account.balance = Account.balance + amount
    session.commit()
