"""The lists that coaches keep in the Wagtail admin: skills, tools, roll-outs, categories."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from profiles.models import Skill, TicketCategory, Tool, ToolAtSchool
from profiles.models.skills import lines_of
from profiles.signals import surroundings_changed


class SurroundingsForm(WagtailAdminModelForm):
    """A row that everybody's path may depend on: storing it says so, in the same transaction."""

    def save(self, commit=True):
        instance = super().save(commit=commit)
        surroundings_changed.send(sender=type(instance), cause="skills")
        return instance


class NamedForm(SurroundingsForm):
    """A skill or tool: its name may not be another's name or alias, or tickets can't be sorted."""

    def clean(self):
        cleaned = super().clean()
        own = {
            name.casefold()
            for name in (cleaned.get("name", ""), *lines_of(cleaned.get("aliases", "")))
            if name
        }
        others = self._meta.model.objects.exclude(pk=self.instance.pk)
        for other in others.only("name", "aliases"):
            shared = own & {name.casefold() for name in (other.name, *lines_of(other.aliases))}
            if shared:
                self.add_error(
                    "name", f"“{sorted(shared)[0]}” is a name of “{other.name}” already."
                )
                break
        return cleaned


class RollOutForm(SurroundingsForm):
    """A tool reaching a school."""

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and end and end < start:
            self.add_error("until_date", "It can't leave before it comes.")
        return cleaned


class SkillViewSet(SnippetViewSet):
    """What a session can teach and a ticket can be about."""

    model = Skill
    icon = "pick"
    menu_label = "Skills"
    chooser_per_page = 50
    list_display = ["name", "area", "tool"]
    list_filter = ["area", "tool"]
    list_per_page = 50
    edit_handler = ObjectList(Skill.panels, base_form_class=NamedForm)


class ToolViewSet(SnippetViewSet):
    """Software and hardware that classes work with."""

    model = Tool
    icon = "desktop"
    menu_label = "Tools"
    list_display = ["name", "description"]
    list_per_page = 50
    edit_handler = ObjectList(Tool.panels, base_form_class=NamedForm)


class RollOutViewSet(SnippetViewSet):
    """Which tool reaches which school when."""

    model = ToolAtSchool
    icon = "date"
    menu_label = "Roll-outs"
    list_display = ["tool", "school", "from_date", "until_date"]
    list_filter = ["tool", "school"]
    list_per_page = 50
    edit_handler = ObjectList(ToolAtSchool.panels, base_form_class=RollOutForm)


class TicketCategoryViewSet(SnippetViewSet):
    """Which skill a category of the help desk is about."""

    model = TicketCategory
    icon = "tag"
    menu_label = "Ticket categories"
    list_display = ["category", "subcategory", "skill", "kind", "source"]
    list_filter = ["source", "kind"]
    list_per_page = 50
    search_fields = ["category", "subcategory"]
    edit_handler = ObjectList(
        [
            FieldPanel("source"),
            FieldPanel("category"),
            FieldPanel("subcategory"),
            FieldPanel("skill"),
            FieldPanel("kind"),
        ]
    )


class SkillsAndToolsGroup(SnippetViewSetGroup):
    """What everything else refers to."""

    menu_label = "Skills and tools"
    menu_icon = "pick"
    menu_order = 120
    items = (SkillViewSet, ToolViewSet, RollOutViewSet, TicketCategoryViewSet)
