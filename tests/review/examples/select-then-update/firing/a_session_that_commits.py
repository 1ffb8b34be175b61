# file: service/counters.py
from service.models import Counter
from sqlalchemy import select


def count(session, name):
    counter = session.query(Counter).filter_by(name=name).one()
    counter.value += 1  # here
    session.commit()


def count_again(session, name):
    statement = select(Counter).where(Counter.name == name)
    counter = session.execute(statement).scalar_one()
    counter.value = counter.value + 1  # here
    session.commit()


async def count_async(session, key):
    counter = await session.get(Counter, key)
    counter.value += 1  # here
    await session.commit()
