from .bounds import MAX_CHARACTERS as MAX_CHARACTERS
from .checking import check as check
from .checking import check_file as check_file
from .result import CheckResult as CheckResult
