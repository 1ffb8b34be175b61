from lost_notify import Job


def test_the_result_is_there_when_the_job_is_done():
    job = Job()
    thread = job.start()
    assert job.wait() == 42
    thread.join()
