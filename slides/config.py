"""How nbconvert makes slides of the main pages; see ``make slides``."""

from pathlib import Path

c = get_config()  # noqa: F821, nbconvert provides it
c.NbConvertApp.export_format = "slides"
c.SlidesExporter.template_name = "lecture"
c.TemplateExporter.extra_template_basedirs = [str(Path(__file__).parent)]
c.TemplateExporter.exclude_input_prompt = c.TemplateExporter.exclude_output_prompt = True
c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_input_tags = {"hide-input"}
c.SlidesExporter.reveal_theme = "white"
c.SlidesExporter.reveal_url_prefix = "reveal"
