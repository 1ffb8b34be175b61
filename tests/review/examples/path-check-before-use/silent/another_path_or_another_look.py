# file: service/backup.py
# As build tools do it: the name is changed until nobody has it, then another is made.
import os
import shutil
import tempfile


def keep(name):
    backup = name + ".bak"
    if os.path.exists(name):
        name = name + ".1"
        os.remove(name)
    if not os.path.exists(backup):
        os.mkdir(name)
    if os.path.exists(name):
        os.mkdir(backup)


def scratch():
    folder = tempfile.mkdtemp()
    cache = os.path.join(folder, "cache")
    if not os.path.exists(cache):
        os.mkdir(cache)
    if os.path.isdir(folder):
        shutil.rmtree(folder)


def later(name, register):
    if os.path.exists(name):

        def remove():
            os.remove(name)

        register(remove)
