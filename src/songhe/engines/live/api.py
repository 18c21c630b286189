"""The door of live news: the names others use."""

from songhe.engines.live.publish import News, publish, publish_to, since
from songhe.engines.live.stream import listen, stream

__all__ = ["News", "listen", "publish", "publish_to", "since", "stream"]
