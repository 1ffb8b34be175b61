import os

PASSWORD = os.environ.get("DB_PASSWORD", "")
key = os.getenv("CI_KEY")


def test_login(client, log):
    token = os.environ["GITHUB_TOKEN"]
    print(f"using {token}")  # here
    print("password is %s" % PASSWORD)  # here
    print("or", os.getenv("AWS_SECRET_ACCESS_KEY"))  # here
    api_key = os.environ["CI_KEY"]
    print("key: {}".format(api_key))  # here
    assert client.login(token, key)
