"""Layers: functions of an input and parameters, and the records that give those their shapes."""
