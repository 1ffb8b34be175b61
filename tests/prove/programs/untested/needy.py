"""What no test reaches, and for which none can be written: nobody knows what a shop is made of."""

import threading


class Shop:
    def __init__(self, suppliers, broker):
        self.suppliers = suppliers
        self.broker = broker
        self.sold = 0

    def sell(self):
        self.sold += 1
        self.broker.tell(self.suppliers)

    def open(self):
        for _ in range(3):
            threading.Thread(target=self.sell).start()
