"""Wagtail's content API at /api/content/v2/: published pages, read-only, for everybody."""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.serializers import ImageDownloadUrlField, ImageSerializer
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.images.models import AbstractImage

LARGEST_COPY = "max-1600x1600"


class PublicCopyField(ImageDownloadUrlField):
    """The address of a picture's copy: the original has none."""

    def to_representation(self, image: AbstractImage) -> str:
        return str(image.get_rendition(LARGEST_COPY).url)


class PictureSerializer(ImageSerializer):
    """A picture with the address of its copy."""

    download_url = PublicCopyField(read_only=True)


class PicturesAPIViewSet(ImagesAPIViewSet):
    """Pictures; a list names no copies, for each may have to be made first."""

    base_serializer_class = PictureSerializer
    listing_default_fields = [name for name in ImagesAPIViewSet.listing_default_fields if name != "download_url"]


router = WagtailAPIRouter("content_api")
router.register_endpoint("pages", PagesAPIViewSet)
router.register_endpoint("images", PicturesAPIViewSet)
router.register_endpoint("documents", DocumentsAPIViewSet)
