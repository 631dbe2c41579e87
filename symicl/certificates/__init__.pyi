from .operations import OperationLog as OperationLog
from .operations import common_factor as common_factor
from .recorder import Recording as Recording
from .recorder import recording as recording
from .results.certificate import certificate as certificate
from .results.certificate import evidence_of as evidence_of
from .values import header as header
from .values import is_closed_form as is_closed_form
