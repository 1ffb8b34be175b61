# file: shop/carts.py
# As libraries over an ORM do it: try to make the row, read it where that fails.
from django.db import IntegrityError
from shop.models import Cart, Tag


def cart_of(user):
    cart = Cart.objects.filter(user=user).first()
    if cart is None:
        try:
            cart = Cart.objects.create(user=user)
        except IntegrityError:
            cart = Cart.objects.get(user=user)
    return cart


def tag(name):
    tag, _ = Tag.objects.get_or_create(name=name)
    return tag


def register(connection, name):
    if not connection.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone():
        connection.execute("INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))


def register_alone(connection, name):
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone():
        connection.execute("INSERT INTO users (name) VALUES (?)", (name,))
