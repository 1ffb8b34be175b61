# file: service/export.py
import os
import secrets
import tempfile
import uuid


def export(rows):
    path = os.path.join(tempfile.gettempdir(), f"export-{uuid.uuid4()}.csv")
    with open(path, "w") as file:
        file.writelines(rows)


def export_again(rows):
    path = f"/tmp/export-{secrets.token_hex(8)}"
    with open(path, "w") as file:
        file.writelines(rows)


def scratch(rows):
    folder = tempfile.mkdtemp()
    with open(os.path.join(folder, "export.csv"), "w") as file:
        file.writelines(rows)


def given(name, rows):
    with open(os.path.join(tempfile.gettempdir(), name), "w") as file:
        file.writelines(rows)
