"""Chinese names of what the log holds: `{% load audit %}`."""

from django import template

from .. import labels

register = template.Library()
register.filter("action_label", labels.action_label)
register.filter("type_label", labels.type_label)
register.filter("role_label", labels.role_label)
