"""The peer: Django and its REST framework, with the same two addresses and no database."""
import os
import time

import django
from django.conf import settings

FOLDER = os.environ["UPLOAD_FOLDER"]
LIMIT = 10 * 1024 * 1024
settings.configure(
    DEBUG=False,
    SECRET_KEY=os.urandom(16).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    DATABASES={},
    MEDIA_ROOT=FOLDER,
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

from django.core.files.storage import default_storage  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.parsers import MultiPartParser  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

STARTED = time.time()


class Upload(APIView):
    parser_classes = [MultiPartParser]

    def post(self, request):
        file = request.FILES.get("file")
        if file is None:
            return Response({"error": "no file"}, status=400)
        if file.size > LIMIT:
            return Response({"error": "too large"}, status=413)
        default_storage.save(file.name, file)
        return Response({"file": file.name, "message": "Upload OK"}, status=201)


class Metrics(APIView):
    requests = 0

    def get(self, request):
        Metrics.requests += 1
        return Response({"uptime_s": round(time.time() - STARTED, 1), "requests": Metrics.requests, "datasets": 0})


urlpatterns = [path("api/upload-csv/", Upload.as_view()), path("api/metrics/", Metrics.as_view())]
application = get_wsgi_application()
