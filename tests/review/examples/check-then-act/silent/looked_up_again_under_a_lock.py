import threading


class Prices:
    def __init__(self, shop):
        self.shop = shop
        self.known = {}
        self.lock = threading.Lock()

    def price(self, article):
        price = self.known.get(article)
        if price is None:
            with self.lock:
                price = self.known.get(article)
                if price is None:
                    price = self.shop.ask(article)
                    self.known[article] = price
        return price


def test_prices(shop):
    prices = Prices(shop)
    threads = [threading.Thread(target=lambda: print(prices.price("tea"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
