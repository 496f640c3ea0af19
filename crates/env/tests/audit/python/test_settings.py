import os

def test_it():
    assert os.environ["TEST_ONLY"]
