# file: shop/views.py
from django.db import transaction
from shop.models import Account


@transaction.atomic
def withdraw(request, key, amount):
    account = Account.objects.select_for_update().get(pk=key)
    account.balance -= amount
    account.save()


def deposit(session, key, amount):
    account = session.get(Account, key, with_for_update=True)
    account.balance += amount
    session.commit()


def transfer(session, key, amount):
    account = session.query(Account).filter_by(id=key).with_for_update().one()
    account.balance += amount
    session.commit()
