# file: sites/management.py
# The shape of web frameworks that make a first row after a migration.
from sites.models import Cart, Profile, Site


def make_default(using):
    if not Site.objects.using(using).exists():  # here
        print("making the first site")
        Site(pk=1, domain="example.com").save(using=using)


def cart_of(user):
    cart = Cart.objects.filter(user=user).first()
    if not cart:  # here
        cart = Cart.objects.create(user=user)
    return cart


def profile_of(user):
    try:  # here
        profile = Profile.objects.get(user=user)
    except Profile.DoesNotExist:
        profile = Profile(user=user)
        profile.save()
    return profile
