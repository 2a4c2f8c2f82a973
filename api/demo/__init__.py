"""The re-enacted exchange of 2019 and 2020: its statements are data in `case-2019/`, this package only
enters them.
"""
