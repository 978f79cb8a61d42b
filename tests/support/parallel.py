"""The same work several times at once"""
from concurrent.futures import ThreadPoolExecutor


def together(number, work):
    """Return the results of work(0) … work(number - 1), each in a thread; raises what one of them raised"""
    with ThreadPoolExecutor(number) as executor:
        return list(executor.map(work, range(number)))
