# file: service/users.py
def register(connection, name):
    cursor = connection.cursor()
    cursor.execute("SELECT id FROM users WHERE name = ?", (name,))
    if cursor.fetchone() is None:  # here
        cursor.execute("INSERT INTO users (name) VALUES (?)", (name,))
        connection.commit()


def visit(connection, page):
    row = connection.execute("SELECT 1 FROM visits WHERE page = ?", (page,)).fetchone()
    if not row:  # here
        connection.execute("INSERT INTO visits (page) VALUES (?)", (page,))
