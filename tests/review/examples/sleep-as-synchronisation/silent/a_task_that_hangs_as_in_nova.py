import time
from unittest import mock


def hang(*args):
    time.sleep(1000000)


def test_it_is_given_up(driver):
    with mock.patch.object(driver, "migrate", side_effect=hang):
        driver.migrate_with_time_out()
