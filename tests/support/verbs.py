"""HTTP's methods as methods."""


class Verbs:
    """For a class whose `call(method, path, **more)` sends a request and gives the answer."""

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, **more):
        return self.call("POST", path, **more)

    def put(self, path, **more):
        return self.call("PUT", path, **more)

    def patch(self, path, **more):
        return self.call("PATCH", path, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)
