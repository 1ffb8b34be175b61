# file: service/sync.py
from service.models import Member, User


def leave(session):
    users = session.query(User).all()
    session.commit()
    members = session.query(Member).all()  # here
    known = {each.user_id for each in members}
    return [user for user in users if user.id not in known]
