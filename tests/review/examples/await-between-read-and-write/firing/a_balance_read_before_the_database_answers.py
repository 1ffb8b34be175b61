# file: bank.py
async def withdraw(account, database, amount):
    balance = account.balance  # here
    await database.write("withdrawal", amount)
    account.balance = balance - amount
