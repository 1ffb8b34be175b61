# file: shop/orders.py
from shop.models import Cart, Log, Order


def order(user):
    cart = Cart.objects.filter(user=user).first()
    if cart is None:
        Log.objects.create(text="no cart")
        return None
    return Order.objects.create(user=user, cart=cart)


def count(connection, name):
    if connection.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone() is None:
        connection.execute("INSERT INTO failures (name) VALUES (?)", (name,))


def again(user):
    if Cart.objects.filter(user=user).exists():
        Cart.objects.create(user=user)
