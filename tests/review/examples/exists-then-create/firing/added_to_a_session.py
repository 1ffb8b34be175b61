# file: service/tags.py
from service.models import Tag
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound


def tag(session, name):
    found = session.execute(select(Tag).where(Tag.name == name)).scalar_one_or_none()
    if found is None:  # here
        found = Tag(name=name)
        session.add(found)
        session.commit()
    return found


def tag_again(session, name):
    if session.query(Tag).filter_by(name=name).count() == 0:  # here
        session.add(Tag(name=name))


def tag_once_more(session, name):
    try:  # here
        return session.query(Tag).filter_by(name=name).one()
    except NoResultFound:
        new = Tag(name=name)
        session.add(new)
        return new
