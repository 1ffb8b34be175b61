# file: client/login.py
# The shape of command-line clients that write a file with a token below the home folder.
import os


class Login:
    def __init__(self, home):
        self.netrc = os.path.join(home, ".netrc")

    def store(self, host, token):
        with open(self.netrc, mode="a") as file:  # here
            file.write(f"machine {host} password {token}\n")
        os.chmod(self.netrc, mode=0o600)
