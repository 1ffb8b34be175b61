from zict.async_buffer import AsyncBuffer as AsyncBuffer
from zict.buffer import Buffer as Buffer
from zict.cache import Cache as Cache
from zict.cache import WeakValueMapping as WeakValueMapping
from zict.file import File as File
from zict.func import Func as Func
from zict.lmdb import LMDB as LMDB
from zict.lru import LRU as LRU
from zict.sieve import Sieve as Sieve
from zict.utils import InsertionSortedSet as InsertionSortedSet
from zict.zip import Zip as Zip

# Must be kept aligned with setup.cfg
__version__ = "3.0.0"
