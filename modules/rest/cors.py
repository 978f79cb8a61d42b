"""Which pages of other hosts may call an operation from a browser (the Fetch standard, CORS)"""
import dataclasses
from collections.abc import Callable, Sequence

ANY = '*'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cors:
    """origins: ANY, or function(origin) → bool; headers: that a page may send; exposed: that it may read;
    seconds: how long a browser remembers. Cookies and keys of the browser never count: no credentials.
    """
    origins: str | Callable = ANY
    headers: Sequence[str] = ('Content-Type', 'Accept-Language')
    exposed: Sequence[str] = ('X-Request-Id', 'Retry-After')
    seconds: int = 600

    def answer(self, origin):
        """Return the headers of every answer to a page of an origin, refusals too"""
        found = {} if self.origins == ANY else {'Vary': 'Origin'}
        if self._allows(origin):
            found['Access-Control-Allow-Origin'] = ANY if self.origins == ANY else origin
            found['Access-Control-Expose-Headers'] = ', '.join(self.exposed)
        return found

    def preflight(self, origin, methods):
        """Return the further headers of the answer to a preflight"""
        if not self._allows(origin):
            return {}
        return {
            'Access-Control-Allow-Methods': ', '.join(methods),
            'Access-Control-Allow-Headers': ', '.join(self.headers),
            'Access-Control-Max-Age': str(self.seconds)}

    def _allows(self, origin):
        return origin is not None and (self.origins == ANY or self.origins(origin))
