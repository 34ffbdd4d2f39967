"""The words that every part of Voxdesk speaks: audio, speech, calls, errors, time.

Standard library and numpy only; imports nothing else of the project.
"""
