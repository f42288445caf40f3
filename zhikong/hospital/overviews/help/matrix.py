"""Who opens which page of the help: everybody who is signed in; it holds no data."""

from zhikong.foundation.access.matrix import Page

PAGES = {
    "help:index": Page(),
    "help:mine": Page(),
    "help:manual": Page(),
    "help:picture": Page(),
    "help:page": Page(),
}
