import os


def test_login(client):
    token = os.environ["SERVICE_TOKEN"]
    print("a token of", len(token), "characters")
    print("home", os.environ["HOME"], os.environ.get("PATH"))
    print("TOKEN" in os.environ, sorted(os.environ))
    print(os.environ["TOKENIZERS_PARALLELISM"])
    assert client.login(token)
