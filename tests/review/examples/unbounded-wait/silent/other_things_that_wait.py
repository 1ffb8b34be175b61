import subprocess


def test_it(config, browser):
    assert config.get("a") == 1
    browser.wait()
    subprocess.Popen(["true"]).wait()
