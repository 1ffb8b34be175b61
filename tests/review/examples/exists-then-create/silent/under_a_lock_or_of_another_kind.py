# file: shop/cache.py
import threading

from shop.models import Cart

making_lock = threading.Lock()


def cart_of(user):
    with making_lock:
        cart = Cart.objects.filter(user=user).first()
        if cart is None:
            cart = Cart.objects.create(user=user)
        return cart


def kept(cache, key, factory):
    found = cache.get(key)
    if found is None:
        found = factory.create(key)
        cache.set(key, found)
    return found


def cart_locked(user):
    cart = Cart.objects.select_for_update().filter(user=user).first()
    if cart is None:
        cart = Cart.objects.create(user=user)
    return cart
