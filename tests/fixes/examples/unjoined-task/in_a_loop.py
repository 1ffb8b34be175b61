import threading


def test_the_service_answers(service):
    for _ in range(3):
        threading.Thread(target=service.serve).start()
    return service.ask("1 + 1") == "2"
