"""What the body of a session is made of."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from profiles.choices import GradeBand, Subject

TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class StepBlock(blocks.StructBlock):
    """One step the teacher does."""

    title = blocks.CharBlock(max_length=120, help_text="What to do, as a short command.")
    text = blocks.RichTextBlock(required=False, features=["bold", "italic", "link", "ul"])
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=240)


class StepsBlock(blocks.StructBlock):
    """A numbered list of things to do."""

    heading = blocks.CharBlock(default="Try it now", max_length=120)
    steps = blocks.ListBlock(StepBlock(), min_num=1)

    class Meta:
        icon = "list-ol"
        template = "courses/blocks/steps.html"


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        icon = "image"
        template = "courses/blocks/picture.html"


class VideoBlock(blocks.StructBlock):
    """A video elsewhere: linked, never embedded, so that nobody is tracked from here."""

    title = blocks.CharBlock(max_length=120)
    address = blocks.URLBlock()
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=240)
    in_words = blocks.RichTextBlock(
        features=["bold", "italic", "ol", "ul"],
        help_text="What the video shows, for whoever can't see or hear it.",
    )

    class Meta:
        icon = "media"
        template = "courses/blocks/video.html"


class AnswerBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=200)
    is_right = blocks.BooleanBlock(required=False)
    reply = blocks.CharBlock(
        required=False, max_length=300, help_text="What to say to whoever picks this one."
    )


class QuickCheckBlock(blocks.StructBlock):
    """One question. A self-paced session is complete when all its checks are answered right."""

    question = blocks.CharBlock(max_length=300)
    answers = blocks.ListBlock(AnswerBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "help"
        template = "courses/blocks/quick_check.html"

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(answer["is_right"] for answer in cleaned["answers"]):
            raise blocks.StructBlockValidationError(
                block_errors={"answers": ValidationError("Mark at least one answer as right.")}
            )
        return cleaned


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock()
    words = blocks.CharBlock(required=False, max_length=200, help_text="What it is good for.")

    class Meta:
        icon = "download"
        template = "courses/blocks/download.html"


class RoomVariantBlock(blocks.StructBlock):
    """How it looks in one kind of room. What is left empty fits every room."""

    grade_bands = blocks.MultipleChoiceBlock(choices=GradeBand.choices, required=False)
    subjects = blocks.MultipleChoiceBlock(choices=Subject.choices, required=False)
    tools = blocks.ListBlock(SnippetChooserBlock("profiles.Tool"), required=False, default=[])
    text = blocks.RichTextBlock(features=["bold", "italic", "link", "ul"])

    class Meta:
        icon = "group"


class RoomsBlock(blocks.StructBlock):
    """How it looks in your room: the reader's own version first, the others behind a link."""

    heading = blocks.CharBlock(default="How it looks in your room", max_length=120)
    variants = blocks.ListBlock(RoomVariantBlock(), min_num=1)

    class Meta:
        icon = "group"
        template = "courses/blocks/rooms.html"


class SessionBody(blocks.StreamBlock):
    """The body of a session page."""

    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow")
    steps = StepsBlock()
    picture = PictureBlock()
    video = VideoBlock()
    check = QuickCheckBlock(label="Quick check")
    download = DownloadBlock()
    rooms = RoomsBlock(label="How it looks in your room")
